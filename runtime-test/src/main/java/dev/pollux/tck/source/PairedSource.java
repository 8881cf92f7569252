package dev.pollux.tck.source;

import java.io.IOException;

/**
 * One of the kit's own links as a kind of source.
 *
 * @param hangsUp whether the source reports when its peer is closed
 * @param halfCloses whether the peer can end what it sends and go on receiving
 */
record PairedSource(TestSource link, boolean hangsUp, boolean halfCloses) implements WatchedSource {

    @Override
    public Object fileobj() {
        return link.fileobj();
    }

    @Override
    public int directions() {
        return link.kind().directions();
    }

    @Override
    public void makeReadable() throws IOException {
        link.makeReadable();
    }

    @Override
    public void drain() throws IOException {
        link.drain();
    }

    @Override
    public boolean endPeerOutput() throws IOException {
        if (halfCloses) {
            link.endPeerOutput();
        }
        return halfCloses;
    }

    @Override
    public boolean closePeer() throws IOException {
        if (hangsUp) {
            link.closePeer();
        }
        return hangsUp;
    }

    @Override
    public void closeSource() throws IOException {
        link.closeSource();
    }

    @Override
    public void close() throws IOException {
        link.close();
    }
}
