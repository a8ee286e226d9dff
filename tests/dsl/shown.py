"""Designs that show the rules which no file of the recovery corpus breaks: code -> name, text."""

from __future__ import annotations

_STREAM = "stream a: kafka { rate = 3/s }\n"

SHOWN: dict[str, tuple[str, str]] = {
    "SYN009": ("design.mlsd", "x = " + "(" * 100 + "1" + ")" * 100),
    "SYN010": ("design.mlsd", _STREAM + "\0"),
    "SYN028": ("design.mlsd", "let spare = 3\n" + _STREAM),
    "SYN033": ("design.mlsd.yaml", "a: " + "[" * 100 + "]" * 100),
    "SYN035": ("design.mlsd.yaml", "lets: {}\n---\nlets: {}\n"),
    "SYN037": ("design.mlsd.yaml", "lets:\n  ? [a, b]\n  : 3\n"),
    "SYN046": ("design.mlsd", "for a in range(400) { for b in range(400) { lake x: s3 {} } }"),
    "TYP008": (
        "design.mlsd",
        "gateway g: envoy {}\nlake w: s3 { retention = 3d }\n"
        "request r {\n  rate = 3/s\n  call g\n  call w\n}\n",
    ),
    "SUP001": ("design.mlsd", "# mlsdc: allow(unused-value)\nlet spare = 3\n"),
    "SUP002": (
        "design.mlsd",
        '# mlsdc: allow(unused-value) because "a" until 2001-01-01\nlet a = 3\n',
    ),
    "SUP003": ("design.mlsd", '# mlsdc: allow(unused-value) because "a"\n' + _STREAM),
    "SUP004": ("design.mlsd", '# mlsdc: allow(unused-valu) because "a"\nlet spare = 3\n'),
    "SUP005": ("design.mlsd", "# mlsdc: allow unused-value\nlet spare = 3\n"),
}  # fmt: skip
