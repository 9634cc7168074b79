/* Linked into the program itself, so that it is found before the real media's archive. */
#include "support/fake_media.c"
