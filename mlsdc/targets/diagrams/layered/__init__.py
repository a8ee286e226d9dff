"""The steps of the layered layout: skeleton -> columns -> rows -> routes -> tracks -> captions.

In: numbered nodes in numbered lanes, and links between them. Out: a cell for each node and a
right-angled path for each link. Law: every step sorts before it chooses, and none knows a name.
"""
