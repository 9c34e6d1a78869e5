"""What the reviews prove: sentences, needs, their evidence, and claims with citations."""
