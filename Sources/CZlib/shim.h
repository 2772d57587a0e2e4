#ifndef POORT_CZLIB_H
#define POORT_CZLIB_H

#include <zlib.h>

/* deflateInit2 and inflateInit2 are macros, which do not reach Swift. 16 more than the window's bits asks for gzip's header
 * and trailer; see zlib.h. */
static inline int poort_gzip_begin(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

static inline int poort_gunzip_begin(z_stream *stream) { return inflateInit2(stream, 15 + 16); }

#endif
