/* glibc tells since 2.32 whether there is but one thread; libstdc++ then counts without atomics. It always may be told no. */
char __libc_single_threaded = 0;
