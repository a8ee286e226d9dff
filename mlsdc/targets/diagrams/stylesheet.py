"""The colours and type of an SVG diagram, light and dark.

In: nothing. Out: one style sheet. Law: colours are written out (no CSS variables, which converters
to PNG and PDF do not know), and every colour of text on fill reaches a contrast of 4.5 in both modes.
"""

from mlsdc.targets.diagrams.kinds import Family

FONT = 'system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Noto Sans",sans-serif'

# Fill and outline of each family of kinds.
LIGHT: dict[Family, tuple[str, str]] = {
    "traffic": ("#e3eefc", "#2f6fc4"),
    "serving": ("#e9e8fd", "#5a54cc"),
    "stream": ("#fdeedb", "#b86a12"),
    "compute": ("#e2f5e7", "#2b8748"),
    "store": ("#dcf3f4", "#16818a"),
    "learning": ("#f3e7fb", "#8a46bd"),
    "watching": ("#fce6f0", "#b93a78"),
    "people": ("#f1ecdf", "#7a6a3f"),
    "plain": ("#f0f2f4", "#646d78"),
}
_DARK: dict[Family, tuple[str, str]] = {
    "traffic": ("#152a45", "#5a9bef"),
    "serving": ("#25234d", "#938df5"),
    "stream": ("#3a2810", "#e0983f"),
    "compute": ("#14321f", "#4fb870"),
    "store": ("#0f3236", "#39b3bd"),
    "learning": ("#321d45", "#bd83ea"),
    "watching": ("#3f1a2d", "#e870ab"),
    "people": ("#332d1b", "#b9a66c"),
    "plain": ("#232a33", "#8b949e"),
}


def stylesheet() -> str:
    """The whole style sheet."""
    dark = _colours(
        families=_DARK,
        page="#0d1117",
        band="#161b22",
        band_line="#2d343d",
        text="#e6edf3",
        muted="#a2abb5",
        line="#8b96a2",
        accent="#4c9aff",
        error="#ff6b63",
        warning="#e3a72f",
        on_badge="#0d1117",
    )
    light = _colours(
        families=LIGHT,
        page="#ffffff",
        band="#f6f8fa",
        band_line="#d5dbe1",
        text="#1f2328",
        muted="#545d68",
        line="#6a7480",
        accent="#0b62d6",
        error="#cf222e",
        warning="#9a6700",
        on_badge="#ffffff",
    )
    return f"{_STRUCTURE}{light}@media (prefers-color-scheme:dark){{{dark}}}"


_STRUCTURE = (
    f".mlsdc text{{font-family:{FONT};font-size:11px}}"
    ".mlsdc .middle text,.mlsdc .caption text{text-anchor:middle}"
    ".mlsdc .heading{font-size:20px;font-weight:600}"
    ".mlsdc .subheading{font-size:13px}"
    ".mlsdc .group text{font-size:12px;font-weight:700}"
    ".mlsdc .node .title{font-size:13px;font-weight:700}"
    ".mlsdc .node .shape{stroke-width:1.4}"
    ".mlsdc .node .detail{fill:none;stroke-width:1.1}"
    ".mlsdc .planned .shape{stroke-dasharray:5 3}"
    ".mlsdc .error .shape,.mlsdc .warning .shape{stroke-width:2.4}"
    ".mlsdc .badge text{font-weight:700;text-anchor:middle}"
    ".mlsdc .edge path{fill:none;stroke-width:1.4}"
    ".mlsdc .dashed path{stroke-dasharray:6 4}"
    ".mlsdc .emphasised path{stroke-width:2.4}"
)


def _colours(
    *,
    families: dict[Family, tuple[str, str]],
    page: str,
    band: str,
    band_line: str,
    text: str,
    muted: str,
    line: str,
    accent: str,
    error: str,
    warning: str,
    on_badge: str,
) -> str:
    rules = [
        f".mlsdc text{{fill:{text}}}",
        f".mlsdc .page{{fill:{page}}}",
        f".mlsdc .group rect{{fill:{band};stroke:{band_line}}}",
        f".mlsdc .muted,.mlsdc .group text,.mlsdc .caption text{{fill:{muted}}}",
        f".mlsdc .caption rect{{fill:{page}}}.mlsdc .on-band rect{{fill:{band}}}",
        f".mlsdc .edge path{{stroke:{line}}}.mlsdc .edge polygon{{fill:{line}}}",
        f".mlsdc .emphasised path{{stroke:{accent}}}.mlsdc .emphasised polygon{{fill:{accent}}}",
        f".mlsdc .caption.emphasised text{{fill:{accent}}}",
    ]
    for family, (fill, outline) in families.items():
        rules.append(f".mlsdc .{family} .shape{{fill:{fill};stroke:{outline}}}")
        rules.append(f".mlsdc .{family} .detail{{stroke:{outline}}}")
    rules.append(f".mlsdc .existing .shape{{fill:{page}}}")
    for finding, colour in (("error", error), ("warning", warning)):
        rules.append(f".mlsdc .{finding} .shape{{stroke:{colour}}}")
        rules.append(f".mlsdc .{finding} .badge path{{fill:{colour}}}")
    rules.append(f".mlsdc .badge text{{fill:{on_badge}}}")
    return "".join(rules)
