package io.sysmonstm.collector.core.internal.spool;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A file system in memory that loses, at a crash, what was not made safe: of each file any part of
 * what was written since its last sync, or all of it, or leaves rubbish in its place; of the
 * directory any of the last changes.
 */
final class ModelFiles implements FileStore {
  /** What a name stands for. */
  private static final class Inode {
    byte[] content = new byte[0];
    byte[] safe = new byte[0];
  }

  private final Map<String, Inode> now = new TreeMap<>();
  private final List<Map<String, Inode>> sinceSync = new ArrayList<>();
  private final Map<String, ModelFiles> directories = new HashMap<>();
  private long capacity = Long.MAX_VALUE;
  private long reserve;
  private boolean failingSyncs;
  private int syncs;
  private int writes;
  private int open;
  private long read;

  ModelFiles() {
    sinceSync.add(Map.of());
  }

  /** Bounds all content together. */
  void setCapacity(long bytes) {
    capacity = bytes;
  }

  /** Sets how much of the capacity is for others. */
  void setReserve(long bytes) {
    reserve = bytes;
  }

  void failSyncs(boolean value) {
    failingSyncs = value;
  }

  /** Calls of sync, of files and of the directory. */
  int syncs() {
    return syncs;
  }

  int writes() {
    return writes;
  }

  int openFiles() {
    return open;
  }

  long bytesRead() {
    return read;
  }

  long size() {
    return now.values().stream().mapToLong(inode -> inode.content.length).sum();
  }

  byte[] content(String name) {
    return inode(name).content.clone();
  }

  void put(String name, byte[] content) {
    var inode = new Inode();
    inode.content = content.clone();
    inode.safe = inode.content;
    now.put(name, inode);
    changed();
  }

  private Inode inode(String name) {
    var inode = now.get(name);
    if (inode == null) {
      throw new AssertionError("no file " + name + " in " + now.keySet());
    }
    return inode;
  }

  private void changed() {
    sinceSync.add(new TreeMap<>(now));
  }

  /** Loses power. */
  void crash(Random random) {
    var survivor = sinceSync.get(random.nextInt(sinceSync.size()));
    now.clear();
    now.putAll(survivor);
    for (var inode : now.values()) {
      inode.content = survivorOf(inode, random);
      inode.safe = inode.content;
    }
    sinceSync.clear();
    sinceSync.add(new TreeMap<>(now));
    open = 0;
    directories.values().forEach(directory -> directory.crash(random));
  }

  private static byte[] survivorOf(Inode inode, Random random) {
    int safe = inode.safe.length;
    int size = inode.content.length;
    if (size <= safe) {
      return random.nextBoolean() ? inode.safe : inode.content;
    }
    var content = Arrays.copyOf(inode.content, safe + random.nextInt(size - safe + 1));
    if (random.nextInt(3) == 0) {
      int from = safe + random.nextInt(content.length - safe + 1);
      if (random.nextBoolean()) {
        Arrays.fill(content, from, content.length, (byte) 0);
      } else {
        for (int i = from; i < content.length; i++) {
          content[i] = (byte) random.nextInt();
        }
      }
    }
    return content;
  }

  @Override
  public List<String> list() {
    return List.copyOf(now.keySet());
  }

  @Override
  public StoredFile create(String name) throws IOException {
    if (now.containsKey(name)) {
      throw new FileAlreadyExistsException(name);
    }
    if (size() >= capacity) {
      throw new IOException("no space left on the model");
    }
    now.put(name, new Inode());
    changed();
    return open(name);
  }

  @Override
  public StoredFile open(String name) throws IOException {
    var inode = now.get(name);
    if (inode == null) {
      throw new FileNotFoundException(name);
    }
    open++;
    return new ModelFile(inode);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    @Nullable Inode inode = now.remove(from);
    if (inode == null) {
      throw new FileNotFoundException(from);
    }
    now.put(to, inode);
    changed();
  }

  @Override
  public void delete(String name) {
    now.remove(name);
    changed();
  }

  @Override
  public void sync() throws IOException {
    syncs++;
    if (failingSyncs) {
      throw new IOException("the model does not sync");
    }
    sinceSync.clear();
    sinceSync.add(new TreeMap<>(now));
  }

  @Override
  public long room() {
    return reserve == 0 ? Long.MAX_VALUE : capacity - size() - reserve;
  }

  @Override
  public FileStore directory(String name) {
    return directories.computeIfAbsent(name, first -> new ModelFiles());
  }

  ModelFiles existing(String name) {
    return directories.computeIfAbsent(name, first -> new ModelFiles());
  }

  @Override
  public void close() {}

  private final class ModelFile implements StoredFile {
    private final Inode inode;

    ModelFile(Inode inode) {
      this.inode = inode;
    }

    @Override
    public long size() {
      return inode.content.length;
    }

    @Override
    public int read(ByteBuffer into, long position) {
      int count = (int) Math.min(into.remaining(), inode.content.length - position);
      if (count <= 0) {
        return -1;
      }
      into.put(inode.content, (int) position, count);
      read += count;
      return count;
    }

    @Override
    public void append(ByteBuffer bytes) throws IOException {
      writes++;
      long room = capacity - ModelFiles.this.size();
      int count = Math.clamp(room, 0, bytes.remaining());
      boolean full = count < bytes.remaining();
      int end = inode.content.length;
      var content = Arrays.copyOf(inode.content, end + count);
      bytes.get(content, end, count);
      inode.content = content;
      if (full) {
        throw new IOException("no space left on the model");
      }
    }

    @Override
    public void truncate(long size) {
      inode.content = Arrays.copyOf(inode.content, (int) size);
      if (inode.safe.length > size) {
        inode.safe = inode.content;
      }
    }

    @Override
    public void sync() throws IOException {
      syncs++;
      if (failingSyncs) {
        throw new IOException("the model does not sync");
      }
      inode.safe = inode.content;
    }

    @Override
    public void close() {
      open--;
    }
  }
}
