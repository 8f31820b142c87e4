"""指南: 月报怎么报? The liaisons' guide, as it stands in the documents."""

from dashboard.components import guide

guide.show()
