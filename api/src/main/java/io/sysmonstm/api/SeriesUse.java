package io.sysmonstm.api;

/**
 * What series note their use by: the number of the present period of their registry. Read for each
 * sample, so that it is a plain field; who reads it late notes an older period, which its next
 * sample puts right.
 */
final class SeriesUse {
  int period;
}
