"""The only writers of erasures, exports and the end of a brand: one file each."""
