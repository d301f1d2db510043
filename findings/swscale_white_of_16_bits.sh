#!/bin/sh
# PyAV 18.1.0 (libswscale 9.5): video of limited range that is converted to RGB of more than 8 bits never becomes
# white. The brightest legal luma (940 of 10 bits, 235 of 8) is 65283 of 65535 in rgb48 and gbrp16, and 4080 of
# 4095 in gbrp12 (0.4 % too dark: 255/256); converted to 8 bits the same frame is 255.
#
# Exit code 0: still so.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet av==18.1.0 numpy==1.26.4
"$folder/venv/bin/python" - <<'EOF'
import av
import numpy as np

print("PyAV", av.__version__, "libswscale", av.library_versions["libswscale"])
SEEN = {"rgb48le": 65283, "gbrp16le": 65283, "gbrp12le": 4080, "rgb24": 255}
for source, scale in (("yuv444p", 1), ("yuv444p10le", 4), ("yuv444p12le", 16)):
    frame = av.VideoFrame(16, 16, source)
    for plane, code in zip(frame.planes, (235 * scale, 128 * scale, 128 * scale)):
        samples = np.frombuffer(plane, np.uint8 if scale == 1 else "<u2").copy()
        samples[:] = code
        plane.update(samples.tobytes())
    for target, seen in SEEN.items():
        white = frame.reformat(
            format=target,
            src_color_range="MPEG",
            dst_color_range="JPEG",
            src_colorspace="ITU709",
            dst_colorspace="ITU709",
        )
        got = np.frombuffer(white.planes[0], np.uint8 if target == "rgb24" else "<u2")[0]
        print(f"{source} white -> {target}: {got}")
        assert got == seen, "swscale's white has changed"
EOF
echo "as stated: white of limited range is 255/256 of white in 12 and 16 bits"
