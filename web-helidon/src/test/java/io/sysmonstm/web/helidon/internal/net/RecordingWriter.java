package io.sysmonstm.web.helidon.internal.net;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** Keeps what is written, and lets something happen during each write. */
final class RecordingWriter implements DataWriter {
  final List<byte[]> writes = new ArrayList<>();
  Runnable during = () -> {};

  @Override
  public void write(BufferData... buffers) {
    writeNow(buffers);
  }

  @Override
  public void write(BufferData buffer) {
    writeNow(buffer);
  }

  @Override
  public void writeNow(BufferData... buffers) {
    writeNow(BufferData.create(buffers));
  }

  @Override
  public void writeNow(BufferData buffer) {
    var out = new ByteArrayOutputStream();
    // As a socket does.
    buffer.writeTo(out);
    writes.add(out.toByteArray());
    during.run();
  }

  byte[] all() {
    var out = new ByteArrayOutputStream();
    writes.forEach(out::writeBytes);
    return out.toByteArray();
  }
}
