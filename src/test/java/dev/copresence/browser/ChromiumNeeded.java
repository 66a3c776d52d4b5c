package dev.copresence.browser;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips the tests of a browser where there is none, and says so plainly. */
final class ChromiumNeeded implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext tests) {
        if (Chromium.executable().isPresent()) {
            return ConditionEvaluationResult.enabled("there is a Chromium");
        }
        var reason = "no Chromium found: install one, or say where it is by the environment variable CHROMIUM";
        System.err.println("SKIPPED " + tests.getDisplayName() + ": " + reason);
        return ConditionEvaluationResult.disabled(reason);
    }
}
