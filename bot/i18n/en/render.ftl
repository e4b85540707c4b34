# Cards, digests and their plain forms. Plain text throughout: the renderer adds markup and escapes.
# What comes before names and texts ends as it joins them: Fluent takes no value of more than 1,000 characters.

render-list-separator = ,{" "}

# $names are the first few authors, $more how many are not named, $all how many there are.
render-authors-more = { $names }, … +{ $more }
render-authors-unknown = { $names } et al.
render-authors = Authors:{" "}
render-categories = Categories:{" "}
render-submitted = Submitted { $date }
render-updated = v{ $version } of { $date }
render-version = v{ $version }
render-announced = Announced { $date }
render-withdrawn = [withdrawn]
render-made-by = Translation:{" "}
render-taken-from-abstract = English summary: a sentence of the abstract
render-clause-separator = ;{" "}

render-untranslated = [not translated]{" "}
render-no-summary = (no summary)
render-full-abstract = full abstract on arXiv

render-button-abs = arXiv
render-button-pdf = PDF

render-count-new = { $count } new
render-count-cross = { $count } cross-listed
render-count-replace = { $count } replaced
render-count-replace-cross = { $count } replaced cross-listings
render-replaced = updated to v{ $version }
render-approximate = Approximate: the papers of { $dates } were chosen by submission time and may differ a little from what arXiv announced.
render-more-in-file = … and { $count } more in the file
render-more = … and { $count } more that are not shown here
render-caption =
    { $count ->
        [one] The paper of this digest, with its full abstract
       *[other] All { $count } papers of this digest, with full abstracts
    }

render-unchanged = Title and abstract are as they were.
render-earlier-title = The title was: { $title }
render-abstract-changed = Abstract: +{ $added } −{ $removed } words
render-excerpt = {" "}· “{ $text }”

render-rich-reference = Ref
render-rich-title = Title
render-rich-summary = Summary
render-rich-overview = Summary
render-rich-details = Details

render-layout-classic = 🗂 Classic
render-layout-rich = ✨ Rich
render-layout-file = 📎 File
