package dev.copresence.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands between an instance and its Redis, and can be slow or break off. */
final class TcpProxy implements AutoCloseable {

    private final ServerSocket server;
    private final int target;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<AtomicInteger> turns = new CopyOnWriteArrayList<>();
    private volatile long delayMillis;

    TcpProxy(int target) {
        this.target = target;
        try {
            server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** Has all answers wait from now on. */
    void delay(long millis) {
        delayMillis = millis;
    }

    /** How often somebody has asked after an answer on the connection on which that was most often so. */
    int turns() {
        return turns.stream().mapToInt(AtomicInteger::get).max().orElse(0);
    }

    /** Counts turns from nothing. */
    void forgetTurns() {
        turns.forEach(count -> count.set(0));
    }

    /** Breaks all connections off, with whatever is under way. */
    void reset() {
        for (var socket : sockets) {
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (IOException e) {
                // It is gone, which is what was wanted.
            }
            sockets.remove(socket);
        }
    }

    private void accept() {
        try {
            while (true) {
                var client = server.accept();
                var redis = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(client);
                sockets.add(redis);
                var answered = new AtomicBoolean();
                var asked = new AtomicInteger();
                turns.add(asked);
                start(() -> pass(
                        client,
                        redis,
                        (from, buffer) -> from.getInputStream().read(buffer),
                        () -> asked.addAndGet(answered.getAndSet(false) ? 1 : 0)));
                start(() -> pass(redis, client, this::answer, () -> answered.set(true)));
            }
        } catch (SocketException e) {
            // Closed, or Redis is not there; either way there is nobody to serve.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What has come meanwhile goes on with it, however many pieces it has come in. */
    private int answer(Socket redis, byte[] buffer) throws IOException {
        var from = redis.getInputStream();
        var first = from.read(buffer);
        try {
            Thread.sleep(delayMillis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return first > 0 && from.available() > 0 ? first + from.read(buffer, first, buffer.length - first) : first;
    }

    private static void pass(Socket from, Socket to, Reading reading, Runnable before) {
        var buffer = new byte[65_536];
        try {
            for (var read = reading.read(from, buffer); read >= 0; read = reading.read(from, buffer)) {
                before.run();
                to.getOutputStream().write(buffer, 0, read);
            }
            to.close();
        } catch (IOException e) {
            // One of them is gone, and so is the connection.
        }
    }

    /** The way in which the next bytes are read; their number, or -1 at the end. */
    private interface Reading {

        int read(Socket from, byte[] buffer) throws IOException;
    }

    private static void start(Runnable work) {
        var thread = new Thread(work, "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        reset();
    }
}
