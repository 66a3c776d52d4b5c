package dev.copresence.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Playwright.CreateOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The installed Chromium, running. */
final class Chromium implements AutoCloseable {

    private static final List<String> ARGUMENTS = List.of(
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync");

    /** What Playwright switches off in a browser, or on, that a browser of real people does not. */
    private static final List<String> UNREAL = List.of(
            "--disable-back-forward-cache",
            "--disable-background-timer-throttling",
            "--disable-backgrounding-occluded-windows",
            "--disable-renderer-backgrounding");

    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");

    private final Playwright playwright;
    private final Browser browser;

    private Chromium(List<String> arguments) {
        playwright = Playwright.create(new CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new LaunchOptions()
                        .setExecutablePath(executable().orElseThrow())
                        .setArgs(arguments)
                        .setIgnoreDefaultArgs(UNREAL));
    }

    /** Starts a browser, with more arguments than the usual ones if there are any. */
    static Chromium start(String... more) {
        var arguments = new ArrayList<>(ARGUMENTS);
        arguments.addAll(List.of(more));
        return new Chromium(arguments);
    }

    /** Where it is installed, if it is: as the environment variable CHROMIUM says, else on the PATH. */
    static Optional<Path> executable() {
        var named = Stream.ofNullable(System.getenv("CHROMIUM")).map(Path::of);
        var onPath = Stream.of(System.getenv("PATH").split(":"))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)));
        return Stream.concat(named, onPath).filter(Files::isExecutable).findFirst();
    }

    Browser browser() {
        return browser;
    }

    @Override
    public void close() {
        playwright.close();
    }
}
