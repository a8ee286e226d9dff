"""REL005"""

from collections.abc import Iterator

from mlsdc.compiler.analyses.images import Images
from mlsdc.compiler.checks.tiers import of_production
from mlsdc.compiler.design import Design
from mlsdc.compiler.schedule import Finding, check
from mlsdc.diagnostics import Label, Severity


@check(
    "REL005",
    "moving-image",
    Severity.ERROR,
    source="Kubernetes documentation, Images: avoid the :latest tag in production; kube-linter, "
    "latest-tag",
)
def moving_image(design: Design, images: Images) -> Iterator[Finding]:
    """A production system runs an image by a tag that is moved with each build.

    Why: two replicas of one release may run two programs, a restart may bring a new one, and there
    is no way back to what ran yesterday. A version number is a promise, a digest is a proof.

    Bad:

        system shop { tier = production }
        endpoint rank: container {
          image   = "registry.example.com/rank:latest"
          latency { p50 = 1ms  p99 = 5ms  at = 100/s }
        }

    Good:

        system shop { tier = production }
        endpoint rank: container {
          image   = "registry.example.com/rank:2.4.1"
          latency { p50 = 1ms  p99 = 5ms  at = 100/s }
        }
    """
    yield from of_production(design, _moving(design, images))


def _moving(design: Design, images: Images) -> Iterator[Finding]:
    for component, running in images.of.items():
        for image in running:
            if image.moving and design.components[component].existing is None:
                yield Finding(
                    design.place(component, image.field),
                    f"`{component}` runs whatever `{image.tag}` means when it starts",
                    subject=component,
                    labels=(Label(design.place(component), "what runs it"),),
                    help=f'{image.field} = "{image.name}:1.0.0", or "{image.name}@sha256:..."',
                )
