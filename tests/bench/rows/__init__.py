"""The groups of figures: each module has MEASURES, functions that take `quick` and yield figures."""
