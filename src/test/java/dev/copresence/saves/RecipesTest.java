package dev.copresence.saves;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The recipes of docs/guards.md for frameworks of other languages, where these are at hand. */
class RecipesTest {

    private static final Path RECIPES = Path.of("guard/recipes");
    private static final Path OUTPUT = Path.of("target/recipes.log");

    @ParameterizedTest
    @ValueSource(strings = {"django_views.py", "texts_controller.rb"})
    void theDocumentShowsTheRecipeThatIsRunHere(String recipe) throws IOException {
        var document = Files.readString(Path.of("docs/guards.md"));
        assertTrue(document.contains(Files.readString(RECIPES.resolve(recipe))));
    }

    @Test
    @DisplayName("W7: the recipe for Django opens by a receipt, which PyJWT verifies, and refuses what a guard refuses")
    void theRecipeForDjango() throws Exception {
        assumeTrue(
                run("/usr/bin/python3", "-c", "import django, jwt, cryptography") == 0,
                "SKIPPED: the recipe for Django, because /usr/bin/python3 has no Django, PyJWT or cryptography");

        var result = run("/usr/bin/python3", "-B", "-m", "unittest", "-v", "test_django");

        assertEquals(0, result, () -> read(OUTPUT));
    }

    @Test
    @DisplayName(
            "W7: the recipe for Rails opens by a receipt, which ruby-jwt verifies, and refuses what a guard refuses")
    void theRecipeForRails() throws Exception {
        assumeTrue(
                run("/usr/bin/ruby", "-e", "require 'rails'; require 'jwt'; require 'sqlite3'; require 'rack/test'")
                        == 0,
                "SKIPPED: the recipe for Rails, because /usr/bin/ruby has no Rails, jwt or sqlite3");

        var result = run("/usr/bin/ruby", "test_rails.rb");

        assertEquals(0, result, () -> read(OUTPUT));
    }

    private static int run(String... command) throws Exception {
        if (!Files.isExecutable(Path.of(command[0]))) {
            return -1;
        }
        var process = new ProcessBuilder(command)
                .directory(RECIPES.toFile())
                .redirectErrorStream(true)
                .redirectOutput(OUTPUT.toFile())
                .start();
        assertTrue(process.waitFor(2, TimeUnit.MINUTES), "it has ended");
        return process.exitValue();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
