package dev.copresence.http.door;

import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The way in for connections, before the server knows of them. Netty finds it as a service, and only if the property
 * {@link #SWITCH} is set, which the packaged service does; in dev mode and unit tests the door stands open.
 */
@RegisterForReflection
public final class ConnectionDoor extends ChannelInitializerExtension {

    /** The property by which Netty is told to look for such services. */
    public static final String SWITCH = "io.netty.bootstrap.extensions";

    /** The value that {@link #SWITCH} has to have. */
    public static final String ON = "serviceload";

    /** Bytes that are read at once: a head or a batch, and not what a hostile client can send in the meantime. */
    private static final int MAX_READ = 16 << 10;

    /** The keeper of the connections, null until the service has started; written once, read by every event loop. */
    private static volatile @Nullable Connections connections;

    /** Makes the one door of a process; Netty does, by way of the service loader. */
    public ConnectionDoor() {}

    static void keptBy(Connections keeper) {
        connections = keeper;
    }

    @Override
    public void postInitializeServerChildChannel(Channel channel) {
        var keeper = connections;
        if (keeper != null && channel.localAddress() instanceof InetSocketAddress here) {
            channel.config().setRecvByteBufAllocator(new AdaptiveRecvByteBufAllocator(512, 2048, MAX_READ));
            channel.pipeline().addFirst("guard", new ConnectionGuard(keeper.at(here.getPort())));
        }
    }
}
