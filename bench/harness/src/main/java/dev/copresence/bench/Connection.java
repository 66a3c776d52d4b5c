package dev.copresence.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/** A kept-alive connection of one thread. */
final class Connection implements Closeable {

    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: (\\d+)");

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    Connection(int port) throws IOException {
        this(port, Duration.ZERO);
    }

    /** @param patience how long to wait for what comes next of an answer; zero for as long as it takes */
    Connection(int port, Duration patience) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) patience.toMillis());
        in = new BufferedInputStream(socket.getInputStream(), 16 << 10);
        out = socket.getOutputStream();
    }

    /**
     * The whole answer, head and body.
     *
     * @throws IOException also for an answer of 400 or higher
     */
    String call(Request request) throws IOException {
        var answer = exchange(request);
        if (answer.charAt("HTTP/1.1 ".length()) >= '4') {
            throw new IOException(answer);
        }
        return answer;
    }

    /** The whole answer, head and body, whatever its status. */
    String exchange(Request request) throws IOException {
        out.write(request.text().getBytes(StandardCharsets.UTF_8));
        var head = head();
        var body = head.startsWith("HTTP/1.1 304") ? new byte[0] : body(head);
        return head + new String(body, StandardCharsets.UTF_8);
    }

    /** The status of an answer that {@link #exchange} gave. */
    static int status(String answer) {
        return Integer.parseInt(answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length()));
    }

    private byte[] body(String head) throws IOException {
        var length = LENGTH.matcher(head);
        if (length.find()) {
            return in.readNBytes(Integer.parseInt(length.group(1)));
        }
        var body = new ByteArrayOutputStream();
        if (head.toLowerCase(Locale.ROOT).contains("transfer-encoding: chunked")) {
            for (var size = chunkSize(); size > 0; size = chunkSize()) {
                body.write(in.readNBytes(size));
                in.readNBytes(2);
            }
            in.readNBytes(2);
        }
        return body.toByteArray();
    }

    private int chunkSize() throws IOException {
        var size = 0;
        for (var octet = in.read(); octet != '\n'; octet = in.read()) {
            size = octet == '\r' ? size : size * 16 + Character.digit(octet, 16);
        }
        return size;
    }

    private String head() throws IOException {
        var head = new StringBuilder(256);
        while (head.length() < 4 || head.charAt(head.length() - 1) != '\n' || head.charAt(head.length() - 3) != '\n') {
            var octet = in.read();
            if (octet < 0) {
                throw new EOFException();
            }
            head.append((char) octet);
        }
        return head.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
