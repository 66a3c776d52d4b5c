package dev.copresence.http;

import io.restassured.RestAssured;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/** A connection to the service for what no HTTP client would send, or not as slowly. */
final class RawConnection implements Closeable {

    private static final int PATIENCE_MILLIS = 60_000;

    private final Socket socket;
    private final InputStream in;

    RawConnection() throws IOException {
        this(RestAssured.port);
    }

    /** To another service than that of RestAssured. */
    RawConnection(int port) throws IOException {
        this(new Socket(), port);
    }

    private RawConnection(Socket unconnected, int port) throws IOException {
        socket = unconnected;
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new BufferedInputStream(socket.getInputStream(), 1 << 10);
    }

    /** A connection whose peer soon has to wait when nothing is read from it. */
    static RawConnection withReceiveBuffer(int bytes) throws IOException {
        var socket = new Socket();
        socket.setReceiveBufferSize(bytes);
        return new RawConnection(socket, RestAssured.port);
    }

    /** What the service answers to one request, given as its head's lines and its body. */
    static Answer exchange(List<String> head, byte[] body) throws IOException {
        try (var connection = new RawConnection()) {
            connection.sendHead(head);
            connection.send(body);
            return connection.answer();
        }
    }

    static Answer exchange(List<String> head) throws IOException {
        return exchange(head, new byte[0]);
    }

    static String host() {
        return "localhost:" + RestAssured.port;
    }

    void sendHead(List<String> lines) throws IOException {
        send((String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** The next answer, with a body of the length that its head says, or up to the end of the connection. */
    Answer answer() throws IOException {
        return answer(true);
    }

    /** The next answer, to a request that has none but a head. */
    Answer answerWithoutBody() throws IOException {
        return answer(false);
    }

    private Answer answer(boolean hasBody) throws IOException {
        var status = Integer.parseInt(line().split(" ")[1]);
        var headers = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
        for (var line = line(); !line.isEmpty(); line = line()) {
            var colon = line.indexOf(':');
            headers.computeIfAbsent(line.substring(0, colon), name -> new ArrayList<>())
                    .add(line.substring(colon + 1).strip());
        }
        var length = headers.get("Content-Length");
        var body = !hasBody
                ? new byte[0]
                : length == null ? in.readAllBytes() : in.readNBytes(Integer.parseInt(length.get(0)));
        return new Answer(status, headers, new String(body, StandardCharsets.UTF_8));
    }

    /** Whether the service has closed the connection; waits for its next byte or its end. */
    boolean isAtEnd() throws IOException {
        return in.read() < 0;
    }

    /** Whether the service closes the connection within the patience of this one, though bytes go on coming. */
    boolean isAtEndHoweverMuchIsSent() throws IOException {
        var start = System.nanoTime();
        socket.setSoTimeout(50);
        while (System.nanoTime() - start < PATIENCE_MILLIS * 1_000_000L) {
            try {
                socket.getOutputStream().write(' ');
                if (in.read() < 0) {
                    return true;
                }
            } catch (SocketTimeoutException goesOn) {
                // Nothing to read yet.
            } catch (SocketException cut) {
                return true;
            }
        }
        return false;
    }

    /** The next line of whatever comes, as long as it may be; the marks of chunks stand among them. */
    String textLine() throws IOException {
        var line = new ByteArrayOutputStream();
        for (var read = in.read(); read != '\n'; read = in.read()) {
            if (read < 0) {
                throw new EOFException("no more lines");
            }
            line.write(read);
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private String line() throws IOException {
        var line = new byte[1 << 14];
        var length = 0;
        for (var read = in.read(); read != '\n'; read = in.read()) {
            if (read < 0) {
                throw new EOFException("no answer: " + new String(line, 0, length, StandardCharsets.ISO_8859_1));
            }
            line[length++] = (byte) read;
        }
        return new String(Arrays.copyOf(line, length), StandardCharsets.ISO_8859_1).stripTrailing();
    }

    /** Ends the connection with a reset, as one does that has crashed. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
