"""The colours and type of an SVG diagram, light and dark.

In: nothing. Out: one style sheet. Law: colours are written out (no CSS variables, which converters
to PNG and PDF do not know), and text on its fill has a contrast of at least 4.5 in both modes.
"""

from dataclasses import dataclass

from mlsdc.targets.diagrams.kinds import Family

_FONT = 'system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Noto Sans",sans-serif'


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one mode; `families` holds fill and outline."""

    families: dict[Family, tuple[str, str]]
    page: str
    band: str
    band_line: str
    text: str
    muted: str
    line: str
    accent: str
    error: str
    warning: str
    on_badge: str


LIGHT = Theme(
    families={
        "traffic": ("#e3eefc", "#2f6fc4"),
        "serving": ("#e9e8fd", "#5a54cc"),
        "stream": ("#fdeedb", "#b86a12"),
        "compute": ("#e2f5e7", "#2b8748"),
        "store": ("#dcf3f4", "#16818a"),
        "learning": ("#f3e7fb", "#8a46bd"),
        "watching": ("#fce6f0", "#b93a78"),
        "people": ("#f1ecdf", "#7a6a3f"),
        "plain": ("#f0f2f4", "#646d78"),
    },
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
DARK = Theme(
    families={
        "traffic": ("#152a45", "#5a9bef"),
        "serving": ("#25234d", "#938df5"),
        "stream": ("#3a2810", "#e0983f"),
        "compute": ("#14321f", "#4fb870"),
        "store": ("#0f3236", "#39b3bd"),
        "learning": ("#321d45", "#bd83ea"),
        "watching": ("#3f1a2d", "#e870ab"),
        "people": ("#332d1b", "#b9a66c"),
        "plain": ("#232a33", "#8b949e"),
    },
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

_STRUCTURE = (
    f".mlsdc text{{font-family:{_FONT};font-size:11px}}"
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


def stylesheet() -> str:
    """The whole style sheet: the light mode, and the dark one for readers who prefer it."""
    dark = f"@media (prefers-color-scheme:dark){{{_colours(DARK)}}}"
    return f"{_STRUCTURE}{_colours(LIGHT)}{dark}"


def _colours(theme: Theme) -> str:
    rules = [
        f".mlsdc text{{fill:{theme.text}}}",
        f".mlsdc .page{{fill:{theme.page}}}",
        f".mlsdc .group rect{{fill:{theme.band};stroke:{theme.band_line}}}",
        f".mlsdc .muted,.mlsdc .group text,.mlsdc .caption text{{fill:{theme.muted}}}",
        f".mlsdc .caption rect{{fill:{theme.page}}}.mlsdc .on-band rect{{fill:{theme.band}}}",
        f".mlsdc .edge path{{stroke:{theme.line}}}.mlsdc .edge polygon{{fill:{theme.line}}}",
        f".mlsdc .emphasised path{{stroke:{theme.accent}}}",
        f".mlsdc .emphasised polygon,.mlsdc .emphasised text{{fill:{theme.accent}}}",
    ]
    for family, (fill, outline) in theme.families.items():
        rules.append(f".mlsdc .{family} .shape{{fill:{fill};stroke:{outline}}}")
        rules.append(f".mlsdc .{family} .detail{{stroke:{outline}}}")
    rules.append(f".mlsdc .existing .shape{{fill:{theme.page}}}")
    for finding, colour in (("error", theme.error), ("warning", theme.warning)):
        rules.append(f".mlsdc .{finding} .shape{{stroke:{colour}}}")
        rules.append(f".mlsdc .{finding} .badge path{{fill:{colour}}}")
    rules.append(f".mlsdc .badge text{{fill:{theme.on_badge}}}")
    return "".join(rules)
