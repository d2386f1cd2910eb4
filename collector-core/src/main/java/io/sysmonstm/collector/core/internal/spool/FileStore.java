package io.sysmonstm.collector.core.internal.spool;

import java.io.IOException;
import java.util.List;

/**
 * The files of one directory, as a spool needs them: a seam, so that a test can lose what was not
 * made safe. Names are plain file names. Confined to its owner's lock, but for {@link
 * StoredFile#sync}.
 */
public interface FileStore extends AutoCloseable {
  /** The names of the regular files, in no order. */
  List<String> list() throws IOException;

  /** Creates a file, which must not exist. */
  StoredFile create(String name) throws IOException;

  /** Opens a file that exists. */
  StoredFile open(String name) throws IOException;

  /** Gives a file another name; a file of that name is replaced. */
  void rename(String from, String to) throws IOException;

  /** Deletes a file, if it exists. */
  void delete(String name) throws IOException;

  /** Makes safe which files there are and how they are named. */
  void sync() throws IOException;

  /** How many bytes more it may take, so that others find the reserve of the file system free. */
  long room() throws IOException;

  /** The files of a directory in this one; made when it is first needed. */
  FileStore directory(String name);

  /** Lets others use the directory. */
  @Override
  void close();
}
