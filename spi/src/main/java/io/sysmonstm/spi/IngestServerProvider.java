package io.sysmonstm.spi;

/** Makes the receiving end of a transport. */
public interface IngestServerProvider extends Provider<IngestServer> {}
