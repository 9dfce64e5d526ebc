"""The document and the workbook: made of frames and results, never of a study."""
