"""What the steps hand each other: declarations (light to import), the store, the codec of results."""

from icp_lab.artifacts.declared import ARTIFACTS, BY_NAME, DTYPES_OF, Field, RecordArtifact, TableArtifact, make_id

__all__ = ["ARTIFACTS", "BY_NAME", "DTYPES_OF", "Field", "RecordArtifact", "TableArtifact", "make_id"]
