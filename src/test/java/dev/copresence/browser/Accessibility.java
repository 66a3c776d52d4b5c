package dev.copresence.browser;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Page;

/** What axe finds wrong with a page. */
final class Accessibility {

    private Accessibility() {}

    static void check(Page page) {
        var violations = new AxeBuilder(page).analyze().getViolations();
        var words = violations.stream()
                .map(violation -> violation.getId() + " " + violation.getNodes())
                .collect(joining("\n"));
        assertEquals("", words, page.url());
    }
}
