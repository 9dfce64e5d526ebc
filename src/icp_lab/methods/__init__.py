"""Pure statistics, one idea a file: frames in, frozen results out; no files, clock, plots or hidden randomness."""
