"""Animation frames: sequences on disk, their shots and motion, and restyling without flicker."""
