"""From what was typed to image files, and to the files that results go to."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable, Sequence
from glob import glob
from pathlib import Path

from ..errors import BadRequest, NoImages, OutputUnwritable
from ..image.formats import IMAGE_SUFFIXES, READ_SUFFIXES


def find_images(inputs: Sequence[str]) -> list[Path]:
    """Find the files that paths, folders and patterns name, each once, in order.

    Parameters
    ----------
    inputs : sequence of str
        As typed.

    Returns
    -------
    list of Path
        A missing file is named when it is read.

    Raises
    ------
    NoImages
        Nothing was found.
    """
    found: dict[Path, None] = {}
    for text in inputs:
        path = Path(text)
        if path.is_dir():
            paths = sorted(p for p in path.iterdir() if p.suffix.lower() in READ_SUFFIXES)
        elif path.exists() or not any(c in text for c in "*?["):
            paths = [path]  # a missing file is told by name when it is read
        else:
            paths = [Path(p) for p in sorted(glob(text, recursive=True))]
        found.update(dict.fromkeys(paths))
    if not found:
        raise NoImages(f"No images were found in {', '.join(inputs)}.")
    return list(found)


def outputs_for(images: Sequence[Path], out: str) -> list[Path]:
    """Decide where each result goes, and make the folder.

    Parameters
    ----------
    images : sequence of Path
        The sources.
    out : str
        A file for one image, else a folder in which results get the names of their sources; those of
        formats that are not written become PNG, or OpenEXR where they hold floats.

    Returns
    -------
    list of Path
        One file per source.

    Raises
    ------
    BadRequest
        One file for several images, two images of one name, or a format that is not written.
    OutputUnwritable
        The folder cannot be made.
    """
    from ..image.files import result_name

    target = Path(out)
    suffix = target.suffix.lower()
    if target.is_dir() or suffix not in IMAGE_SUFFIXES:
        guess = mimetypes.guess_type(out)[0] or ""
        picture = guess.startswith("image/") or suffix in READ_SUFFIXES
        if not target.is_dir() and picture:
            known = ", ".join(sorted(IMAGE_SUFFIXES))
            raise BadRequest(f'Impasto cannot write "{suffix}" files; choose one of {known}.')
        make_folder(target)
        outputs = [target / result_name(i) for i in images]
    elif len(images) > 1:
        raise BadRequest(f"{len(images)} images cannot go into one file; name a folder with --out.")
    else:
        outputs = [target]
    if len(set(outputs)) < len(outputs):
        raise BadRequest(
            "Two of the images have the same name; stylize them into different folders."
        )
    return outputs


def make_folder(folder: Path) -> None:
    """Make a folder for results, unless it exists.

    Parameters
    ----------
    folder : Path
        The folder.

    Raises
    ------
    OutputUnwritable
        It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputUnwritable(
            f'The folder "{folder}" cannot be made ({error.strerror}); choose another --out.'
        ) from error


def relief_files(output: Path) -> tuple[Path, Path]:
    """Return where the relief of a result goes.

    Parameters
    ----------
    output : Path
        The picture.

    Returns
    -------
    height, normal : Path
        PNG files beside it.
    """
    return tuple(output.with_name(f"{output.stem}_{kind}.png") for kind in ("height", "normal"))  # type: ignore[return-value]


def protect(images: Iterable[Path], outputs: Iterable[Path], *, overwrite: bool) -> None:
    """Refuse outputs that exist, and in any case the images themselves.

    Parameters
    ----------
    images : iterable of Path
        The sources.
    outputs : iterable of Path
        The results.
    overwrite : bool
        Whether results may be replaced.

    Raises
    ------
    BadRequest
        An output is a source, or exists.
    """
    originals = {image.resolve() for image in images}
    for output in outputs:
        if output.resolve() in originals:
            raise BadRequest(f'"{output}" is an original; choose another --out.')
        if output.exists() and not overwrite:
            raise BadRequest(
                f'"{output}" exists already; choose another --out, or add --overwrite.'
            )
