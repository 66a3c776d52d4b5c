package dev.copresence.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Load by wrk: 32 connections, each sending its next request when it has its answer. */
final class Wrk {

    private static final int CONNECTIONS = 32;

    private Wrk() {}

    /**
     * What a server did for a load.
     *
     * @param cpuMicros of its process, per request
     */
    record Result(long requests, double perSecond, double cpuMicros) {}

    /** Keeps requests where wrk can read them. */
    static Path file(String name, List<Request> requests) throws IOException {
        var file =
                Files.createDirectories(Bench.HOME.resolve("target/requests")).resolve(name);
        Files.writeString(
                file, requests.stream().map(Request::text).collect(Collectors.joining("\n%%\n", "", "\n%%\n")));
        return file;
    }

    /** @throws IOException if any request was not answered, or with an error */
    static Result run(Server server, Path requests, int seconds) throws IOException {
        var command = List.of(
                "wrk",
                "-t1",
                "-c" + CONNECTIONS,
                "-d" + seconds + "s",
                "-s",
                Bench.HOME.resolve("wrk/requests.lua").toString(),
                server.url(),
                "--",
                requests.toString());
        var before = server.cpuMicros();
        var wrk = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(wrk.getInputStream().readAllBytes());
        var cpu = server.cpuMicros() - before;
        var result = output.lines()
                .filter(line -> line.startsWith("RESULT "))
                .findFirst()
                .orElseThrow(() -> new IOException(output));
        var numbers = result.split(" ");
        var count = Long.parseLong(numbers[1]);
        if (count == 0 || !numbers[3].equals("0") || !numbers[4].equals("0")) {
            throw new IOException(server.name + ": " + output);
        }
        return new Result(count, count * 1e6 / Long.parseLong(numbers[2]), (double) cpu / count);
    }
}
