package dev.pollux.frameworks;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.MessageToMessageCodec;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import java.net.URI;
import java.util.List;

/** How a server of Netty returns what it is sent. What follows in the pipeline of a client sends and receives bytes. */
enum NettyProtocol {
    ECHO("Netty echo") {
        @Override
        void addServer(ChannelPipeline pipeline) {
            pipeline.addLast(new Return());
        }

        @Override
        void addClient(ChannelPipeline pipeline) {}
    },

    HTTP("Netty HTTP/1.1") {
        @Override
        void addServer(ChannelPipeline pipeline) {
            pipeline.addLast(new HttpServerCodec(), new HttpObjectAggregator(MOST_BYTES), new Answer());
        }

        @Override
        void addClient(ChannelPipeline pipeline) {
            pipeline.addLast(new HttpClientCodec(), new HttpObjectAggregator(MOST_BYTES), new Posts());
        }
    },

    WEB_SOCKET("Netty WebSocket") {
        @Override
        void addServer(ChannelPipeline pipeline) {
            WebSocketServerProtocolConfig config = WebSocketServerProtocolConfig.newBuilder()
                    .websocketPath("/")
                    .maxFramePayloadLength(MOST_BYTES)
                    .build();
            pipeline.addLast(
                    new HttpServerCodec(),
                    new HttpObjectAggregator(MOST_BYTES),
                    new WebSocketServerProtocolHandler(config),
                    new Frames(),
                    new Return());
        }

        @Override
        void addClient(ChannelPipeline pipeline) {
            WebSocketClientProtocolConfig config = WebSocketClientProtocolConfig.newBuilder()
                    .webSocketUri(URI.create("ws://127.0.0.1/"))
                    .version(WebSocketVersion.V13)
                    .customHeaders(new DefaultHttpHeaders())
                    .maxFramePayloadLength(MOST_BYTES)
                    .build();
            pipeline.addLast(
                    new HttpClientCodec(),
                    new HttpObjectAggregator(MOST_BYTES),
                    new WebSocketClientProtocolHandler(config),
                    new Frames());
        }

        @Override
        boolean isReady(Object event) {
            return event == WebSocketClientProtocolHandler.ClientHandshakeStateEvent.HANDSHAKE_COMPLETE;
        }
    };

    private static final int MOST_BYTES = 1 << 20;

    private final String title;

    NettyProtocol(String title) {
        this.title = title;
    }

    abstract void addServer(ChannelPipeline pipeline);

    abstract void addClient(ChannelPipeline pipeline);

    /** Returns whether a client may send, which {@code event} says. */
    boolean isReady(Object event) {
        return event == NettyClient.CONNECTED;
    }

    @Override
    public String toString() {
        return title;
    }

    private static final class Return extends SimpleChannelInboundHandler<ByteBuf> {

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf received) {
            context.write(received.retain());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }
    }

    private static final class Answer extends SimpleChannelInboundHandler<FullHttpRequest> {

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
            FullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1,
                    HttpResponseStatus.OK,
                    request.content().retain());
            response.headers()
                    .setInt(HttpHeaderNames.CONTENT_LENGTH, request.content().readableBytes());
            context.writeAndFlush(response);
        }
    }

    private static final class Posts extends MessageToMessageCodec<FullHttpResponse, ByteBuf> {

        Posts() {
            super(FullHttpResponse.class, ByteBuf.class);
        }

        @Override
        protected void encode(ChannelHandlerContext context, ByteBuf message, List<Object> out) {
            FullHttpRequest request =
                    new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/", message.retain());
            request.headers().set(HttpHeaderNames.HOST, "127.0.0.1");
            request.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, message.readableBytes());
            out.add(request);
        }

        @Override
        protected void decode(ChannelHandlerContext context, FullHttpResponse response, List<Object> out) {
            if (!response.status().equals(HttpResponseStatus.OK)) {
                throw new IllegalStateException("answered " + response.status());
            }
            out.add(response.content().retain());
        }
    }

    private static final class Frames extends MessageToMessageCodec<BinaryWebSocketFrame, ByteBuf> {

        Frames() {
            super(BinaryWebSocketFrame.class, ByteBuf.class);
        }

        @Override
        protected void encode(ChannelHandlerContext context, ByteBuf message, List<Object> out) {
            out.add(new BinaryWebSocketFrame(message.retain()));
        }

        @Override
        protected void decode(ChannelHandlerContext context, BinaryWebSocketFrame frame, List<Object> out) {
            out.add(frame.content().retain());
        }
    }
}
