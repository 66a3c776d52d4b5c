package dev.copresence.store.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/** Stands between an instance and its Redis, and can swallow every announcement while it passes on all else. */
final class DeafProxy implements AutoCloseable {

    private static final Pattern ANNOUNCEMENT =
            Pattern.compile("[>*]3\r\n\\$[78]\r\ns?message\r\n\\$\\d+\r\n[^\r]*\r\n\\$\\d+\r\n\\d+\r\n");

    private final ServerSocket server;
    private final int target;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger swallowed = new AtomicInteger();
    private volatile boolean deaf;

    DeafProxy(int target) {
        this.target = target;
        try {
            server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    String address() {
        return "redis://127.0.0.1:" + server.getLocalPort();
    }

    void goDeaf() {
        deaf = true;
    }

    /** The number of announcements that did not get through. */
    int swallowed() {
        return swallowed.get();
    }

    private void accept() throws IOException {
        while (true) {
            var here = server.accept();
            var there = new Socket(InetAddress.getLoopbackAddress(), target);
            sockets.add(here);
            sockets.add(there);
            start(() -> here.getInputStream().transferTo(there.getOutputStream()));
            start(() -> answer(there, here));
        }
    }

    private void answer(Socket from, Socket to) throws IOException {
        var bytes = new byte[1 << 16];
        for (var read = from.getInputStream().read(bytes);
                read >= 0;
                read = from.getInputStream().read(bytes)) {
            var text = new String(bytes, 0, read, StandardCharsets.ISO_8859_1);
            if (deaf) {
                text = ANNOUNCEMENT.matcher(text).replaceAll(announcement -> {
                    swallowed.incrementAndGet();
                    return "";
                });
            }
            to.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    private static void start(Step step) {
        var thread = new Thread(() -> {
            try {
                step.run();
            } catch (IOException e) {
                // One of the two has ended.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            server.close();
            for (var socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Step {
        void run() throws IOException;
    }
}
