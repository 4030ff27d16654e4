"""Maps statements to a codebook, and learns from the decisions of people.

Pure: no database and no files. ``codebook`` holds the themes as people describe them, ``features``
what is compared, ``mapping`` the themes of each statement, ``queue`` what to ask a person next,
``trust`` how much of the mapping is right, ``pairs`` the pair check.
"""
