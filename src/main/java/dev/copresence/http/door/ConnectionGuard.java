package dev.copresence.http.door;

import dev.copresence.http.refusals.Problem;
import dev.copresence.http.refusals.Refusal;
import dev.copresence.http.refusals.SafeHeaders;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The account of what one connection owes: the rest of a request that has begun, or the first one. It stands before the server's own
 * handlers, and again behind the decoder, so that it knows bytes that are no request yet.
 *
 * <p>Over TLS, and at the port for operators, which offers HTTP/2 too, only the number of connections is bounded: what will be
 * spoken is not known when one comes in.
 */
@SuppressWarnings("FutureReturnValueIgnored") // What comes of a close or a last write is nobody's business any more.
final class ConnectionGuard extends ChannelInboundHandlerAdapter {

    /*
     * Everything here, and the queues of ConnectionQueues.OfLoop, is touched by the event loop of the connection alone.
     */

    /** The bytes of memory that a byte of a head may cost: a header of four bytes becomes an object, two strings and their place in a table. */
    private static final int COST_OF_HEAD = 16;

    /** The names that Vert.x gives to its handlers of HTTP/1. */
    private static final String DECODER = "httpDecoder";

    private static final String HANDLER = "handler";

    private static final long LINGER_MILLIS = 2000;

    private final ConnectionQueues queues;
    private final Messages messages = new Messages();
    private final HeadLines head = new HeadLines();

    private ConnectionQueues.@Nullable OfLoop loop;
    private @Nullable ChannelHandlerContext context;

    // The links of the queue that it waits in.
    ConnectionQueues.@Nullable Queue queue;

    @Nullable
    ConnectionGuard before;

    @Nullable
    ConnectionGuard after;

    /** The bytes of memory, roughly, that have come of a request that is not complete. */
    private long owed;

    /** Requests that have no answer yet. */
    private int unanswered;

    private boolean isHttp1;
    private boolean isInBody;
    private boolean isReading;
    private boolean hasAsked;
    private boolean sawRequest;
    private boolean isEnding;

    ConnectionGuard(ConnectionQueues queues) {
        this.queues = queues;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        this.context = context;
        var own = queues.loop(context.channel().eventLoop());
        loop = own;
        if (!own.enter()) {
            isEnding = true;
            context.close();
            return;
        }
        if (context.pipeline().get(DECODER) != null && context.pipeline().get(HANDLER) != null) {
            context.pipeline().addBefore(HANDLER, "requests", messages);
            isHttp1 = true;
        }
        settle();
        context.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        var own = loop;
        if (own != null) {
            own.remove(this);
            own.leave(owed);
            owed = 0;
            loop = null;
        }
        context.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (isEnding) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (!isHttp1 || !(message instanceof ByteBuf bytes)) {
            leaveQueue();
            context.fireChannelRead(message);
            return;
        }
        var fault = isInBody ? null : head.faultIn(bytes);
        if (fault != null) {
            bytes.release();
            refuse(fault);
            return;
        }
        var length = bytes.readableBytes();
        var endsWithLine = length > 0 && bytes.getByte(bytes.writerIndex() - 1) == '\n';
        var wasInBody = isInBody;
        isReading = true;
        sawRequest = false;
        context.fireChannelRead(message);
        isReading = false;
        if (isInBody) {
            owe(length);
        } else if (!sawRequest && !wasInBody || sawRequest && !wasInBody && !messages.sawBody && !endsWithLine) {
            owe(length * (long) COST_OF_HEAD);
        }
        settle();
    }

    /** A client that is gone is none of our failures. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            queues.countReset();
            context.close();
        } else {
            context.fireExceptionCaught(cause);
        }
    }

    private void owe(long bytes) {
        var own = loop;
        if (own != null) {
            owed += bytes;
            own.owe(bytes);
        }
    }

    private void pay() {
        var own = loop;
        if (own != null && owed != 0) {
            own.owe(-owed);
            owed = 0;
        }
    }

    private void leaveQueue() {
        var own = loop;
        if (own != null && queue != null) {
            own.remove(this);
        }
    }

    /** Puts the connection into the queue that it belongs to now. */
    private void settle() {
        var own = loop;
        if (own == null || isEnding) {
            return;
        }
        if (isInBody || owed > 0 || unanswered == 0 && !hasAsked) {
            own.putUnlessThere(own.unfinished, this);
        } else if (unanswered == 0) {
            own.put(own.idle, this);
        } else {
            own.remove(this);
        }
        own.cutWhileOwedTooMuch();
    }

    /** Ends the connection for the sake of the others. */
    void cut() {
        pay();
        isEnding = true;
        var own = context;
        if (own != null) {
            own.close();
        }
    }

    /**
     * Refuses what is no request and ends the connection; the server itself would do it with an empty answer. It is written
     * past the server's own handlers, which answer only what they have taken for a request.
     */
    private void refuse(Refusal refusal) {
        isEnding = true;
        pay();
        var own = context;
        if (own == null || !own.channel().isActive()) {
            return;
        }
        if (unanswered > 0) {
            own.close();
            return;
        }
        var answer = own.alloc().buffer();
        ByteBufUtil.writeAscii(
                answer,
                "HTTP/1.1 " + refusal.status() + ' ' + refusal.title() + "\r\nContent-Type: " + Problem.MEDIA_TYPE
                        + "\r\nConnection: close\r\n" + SafeHeaders.OF_A_REFUSAL);
        var body = queues.problem(refusal);
        ByteBufUtil.writeAscii(answer, "Content-Length: " + body.length + "\r\n\r\n");
        answer.writeBytes(body);
        // Closed at once, what the client still sends could take the answer with it.
        own.writeAndFlush(answer)
                .addListener(
                        written -> own.executor().schedule(() -> own.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS));
    }

    /** The part of the guard that stands where bytes have become messages. */
    private final class Messages extends ChannelDuplexHandler {

        private boolean sawBody;

        /** True if the last request leaves open where the next one begins. */
        private boolean isLast;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (isEnding) {
                ReferenceCountUtil.release(message);
                return;
            }
            if (message instanceof HttpRequest request) {
                if (!request.decoderResult().isSuccess()) {
                    ReferenceCountUtil.release(message);
                    refuse(refusal(request.decoderResult().cause()));
                    return;
                }
                pay();
                head.begin();
                isLast = request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)
                        && !"chunked".equalsIgnoreCase(request.headers().get(HttpHeaderNames.TRANSFER_ENCODING));
                sawRequest = true;
                sawBody = false;
                isInBody = true;
                unanswered++;
            }
            if (message instanceof LastHttpContent) {
                isInBody = false;
                isEnding = isLast;
                pay();
            }
            if (message instanceof ByteBufHolder content && content.content().isReadable()) {
                sawBody = true;
            }
            context.fireChannelRead(message);
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            var ends = message instanceof LastHttpContent
                    && !(message instanceof HttpResponse response
                            && response.status().codeClass() == HttpStatusClass.INFORMATIONAL);
            context.write(message, promise);
            if (ends) {
                unanswered = Math.max(0, unanswered - 1);
                hasAsked = true;
                if (!isReading) {
                    settle();
                }
            }
        }

        private static Refusal refusal(Throwable cause) {
            if (cause instanceof TooLongHttpLineException) {
                return Refusal.URI_TOO_LONG;
            }
            return cause instanceof TooLongHttpHeaderException ? Refusal.HEAD_TOO_LARGE : Refusal.INVALID_INPUT;
        }
    }
}
