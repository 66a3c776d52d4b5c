// java Pdp.java 8182: a decision point for Copresence, with nothing but a JDK. A real one has a JSON library, or is part of your application.
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

class Pdp {
    static final Pattern QUESTION = Pattern.compile("\"name\":\"([a-z-]+)\"}.*?\"id\":\"(/[^\"]*)\"");
    static final Pattern GROUPS = Pattern.compile("\"groups\":\\[([^\\]]*)]");

    // Put your own question here: may somebody in these groups do this on this page? Throw if you cannot know.
    static boolean may(String groups, String action, String page) {
        if (!page.startsWith("/tickets/")) return false;
        return action.equals("view") || action.equals("see-count") || groups.contains("\"support\"");
    }

    public static void main(String[] args) throws Exception {
        var server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])), 0);
        server.createContext("/access/v1/evaluations", exchange -> {
            var body = new String(exchange.getRequestBody().readAllBytes(), "UTF-8");
            var groups = GROUPS.matcher(body).results().map(found -> found.group(1)).findFirst().orElse("");
            var decisions = QUESTION.matcher(body).results()
                    .map(one -> "{\"decision\":" + may(groups, one.group(1), one.group(2)) + "}")
                    .collect(Collectors.joining(",", "{\"evaluations\":[", "]}")).getBytes("UTF-8");
            var known = ("Bearer " + System.getenv("PDP_TOKEN")).equals(exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.sendResponseHeaders(known ? 200 : 401, known ? decisions.length : -1);
            if (known) exchange.getResponseBody().write(decisions);
            exchange.close();
        });
        server.start();
    }
}
