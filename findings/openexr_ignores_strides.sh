#!/bin/sh
# OpenEXR 3.5.3 (Python package): File.write takes a channel's array for one block of memory in C order. Of a
# view with other strides (one channel of an (H, W, 3) array, a transposed array) it stores the numbers that lie
# in memory behind the first one, without a word; of a copy in C order it stores the right ones.
#
# Seen: channel 1 of a 2 x 4 x 3 ramp 0..23 is stored as 1 2 3 4 / 5 6 7 8 (right: 1 4 7 10 / 13 16 19 22).
# Exit code 0: still so.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet OpenEXR==3.5.3 numpy==1.26.4
"$folder/venv/bin/python" - "$folder/a.exr" <<'EOF'
import sys

import numpy as np
import OpenEXR

path = sys.argv[1]
print("OpenEXR", OpenEXR.__version__, "numpy", np.__version__)


def stored(pixels):
    header = {"compression": OpenEXR.NO_COMPRESSION, "type": OpenEXR.scanlineimage}
    OpenEXR.File(header, {"Y": pixels}).write(path)
    return OpenEXR.File(path, separate_channels=True).channels()["Y"].pixels


ramp = np.arange(24, dtype=np.float32).reshape(2, 4, 3)
tall = np.arange(12, dtype=np.float32).reshape(3, 4).T
for name, view in (("one channel of three", ramp[..., 1]), ("transposed", tall)):
    got = stored(view)
    print(f"{name}: given {view.tolist()}, stored {got.tolist()}")
    assert not np.array_equal(got, view), "strides are honored now"
    assert np.array_equal(stored(np.ascontiguousarray(view)), view)
assert stored(ramp[..., 1]).ravel().tolist() == list(range(1, 9))
EOF
echo "as stated: strides are ignored, silently"
