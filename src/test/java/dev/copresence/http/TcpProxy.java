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
    private final AtomicInteger turns = new AtomicInteger();
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

    /** How often somebody has asked on a connection after an answer there. */
    int turns() {
        return turns.get();
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
                start(() -> pass(client, redis, () -> turns.addAndGet(answered.getAndSet(false) ? 1 : 0)));
                start(() -> pass(redis, client, () -> {
                    pause();
                    answered.set(true);
                }));
            }
        } catch (SocketException e) {
            // Closed, or Redis is not there; either way there is nobody to serve.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void pause() {
        try {
            Thread.sleep(delayMillis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void pass(Socket from, Socket to, Runnable before) {
        var buffer = new byte[65_536];
        try {
            for (var read = from.getInputStream().read(buffer);
                    read >= 0;
                    read = from.getInputStream().read(buffer)) {
                before.run();
                to.getOutputStream().write(buffer, 0, read);
            }
            to.close();
        } catch (IOException e) {
            // One of them is gone, and so is the connection.
        }
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
