"""The parents of a language, as CLDR has them: where to look for a message that a language doesn't have."""

from __future__ import annotations

from collections.abc import Mapping

_REGIONS_OF_PARENT: Mapping[str, str] = {
    "es-419": "AR BO BR BZ CL CO CR CU DO EC GT HN MX NI PA PE PR PY SV US UY VE",
    "en-001": (
        "150 AG AI AU BB BM BS BW BZ CC CK CM CX CY DG DM ER FJ FK FM GB GD GG GH GI GM GY HK IE IL IM IN IO JE JM KE "
        "KI KN KY LC LR LS MG MO MS MT MU MV MW MY NA NF NG NR NU NZ PG PK PN PW RW SB SC SD SG SH SL SS SX SZ TC TK "
        "TO TT TV TZ UG VC VG VU WS ZA ZM ZW"
    ),
    "en-150": "AT BE CH DE DK FI NL SE SI",
    "pt-PT": "AO CH CV FR GQ GW LU MO MZ ST TL",
}
"""Regional forms whose parent is not the bare language."""

_PARENTS: Mapping[str, str] = {
    "nb": "no",
    "nn": "no",
    "hi-Latn": "en-IN",
    "zh-CN": "zh-Hans-CN",
    "zh-SG": "zh-Hans-SG",
    "zh-TW": "zh-Hant-TW",
    "zh-HK": "zh-Hant-HK",
    "zh-MO": "zh-Hant-MO",
    "zh-Hant-MO": "zh-Hant-HK",
    **{
        f"{parent.split('-')[0]}-{region}": parent
        for parent, regions in _REGIONS_OF_PARENT.items()
        for region in regions.split()
    },
}

_OTHER_SCRIPTS: Mapping[str, str] = {
    "Adlm": "ff",
    "Arab": "az dje dyo ff ha kk ku ky ml ms pa so sw tg ug uz wo yo",
    "Cyrl": "az bs tg ug uz",
    "Deva": "ks sat sd",
    "Dsrt": "en",
    "Glag": "cu",
    "Hans": "yue",
    "Hant": "zh",
    "Khoj": "sd",
    "Latn": "bal blt byn iu ky shi sr vai",
    "Mong": "mn",
    "Mtei": "mni",
    "Nkoo": "bm",
    "Shaw": "en",
    "Sind": "sd",
}
"""Languages written in a script that their readers of the usual one can't be expected to read: no parent."""

_ROOTS = frozenset(f"{language}-{script}" for script, many in _OTHER_SCRIPTS.items() for language in many.split())


def parents(language: str) -> tuple[str, ...]:
    """The languages to fall back on, nearest first: `es-MX` gives `es-419`, `es`; `zh-TW` never simplified Chinese."""
    chain: list[str] = []
    tag = _canonical(language)
    while tag not in _ROOTS:
        shorter = tag.rpartition("-")[0]
        tag = _PARENTS.get(tag, shorter)
        if not tag:
            break
        chain.append(tag)
    return tuple(chain)


def _canonical(language: str) -> str:
    """The tag in its usual spelling: `zh_hant_tw` is `zh-Hant-TW`."""
    first, *rest = language.replace("_", "-").split("-")
    return "-".join([first.lower(), *(part.title() if len(part) == 4 else part.upper() for part in rest)])
