"""The ML Test Score as far as a design can be read for it: mechanisms that are present, never tests
that passed.

Source: Breck, Cai, Nielsen, Salib and Sculley, The ML Test Score (2017): 28 tests in four sections;
half a point for what is done by hand, a point for what is automated, and the least of the four
sections is the score. Here a point needs a mechanism that every subject of the test has and that
all checks which decide it find coherent; half a point is a mechanism.
"""
