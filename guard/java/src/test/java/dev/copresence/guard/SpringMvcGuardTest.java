package dev.copresence.guard;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.copresence.guard.Guard.Answer;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.http.HttpMethod;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.servlet.function.RouterFunctions;

/** The guard in Spring MVC. */
class SpringMvcGuardTest extends GuardContract {

    private MockMvc site;

    @Override
    void start(Guard guard) {
        var handler = new SpringMvcGuard(guard);
        site = MockMvcBuilders.routerFunctions(RouterFunctions.route()
                        .GET("/docs/**", handler)
                        .POST("/docs/**", handler)
                        .PUT("/docs/**", handler)
                        .build())
                .build();
    }

    @Override
    Answer call(String method, String path, Map<String, String> headers, String body) throws Exception {
        var request = MockMvcRequestBuilders.request(HttpMethod.valueOf(method), path)
                .contentType("text/plain;charset=utf-8")
                .content(body.getBytes(UTF_8));
        headers.forEach(request::header);
        var bearer = headers.get("Authorization");
        if (bearer != null) {
            request.principal(() -> bearer.substring("Bearer ".length()));
        }
        var answer = site.perform(request).andReturn().getResponse();
        var all = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        answer.getHeaderNames().forEach(name -> all.put(name, answer.getHeader(name)));
        return new Answer(answer.getStatus(), all, new String(answer.getContentAsByteArray(), UTF_8));
    }
}
