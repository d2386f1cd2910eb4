package io.sysmonstm.spi;

/** Makes the single sign-on of one type. */
public interface SingleSignOnProvider extends Provider<SingleSignOn> {}
