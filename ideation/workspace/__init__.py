"""The rooms together: home, the sample brand, and the main job from reviews to concepts."""
