import { Document } from "@langchain/core/documents";
import { BaseRetriever } from "@langchain/core/retrievers";

/** A retriever over a few pages in memory: those that have most words in common with the query, two at most. */
export class CityGuide extends BaseRetriever {
  override lc_namespace = ["trip-planner", "retrievers"];

  override async _getRelevantDocuments(query: string): Promise<Document[]> {
    const wanted = new Set(words(query));
    return PAGES.map((text) => ({
      text,
      hits: words(text).filter((word) => wanted.has(word)).length,
    }))
      .filter(({ hits }) => hits > 0)
      .sort((a, b) => b.hits - a.hits)
      .slice(0, 2)
      .map(({ text }) => new Document({ pageContent: text }));
  }
}

// --- internal ---

const PAGES = [
  "The tile museum of Lisbon has a new exhibition.",
  "The best view of Lisbon is the one from the castle.",
  "The wine cellars of Porto are on the other bank of the river.",
];

function words(text: string): readonly string[] {
  return text.toLowerCase().match(/\p{L}{4,}/gu) ?? [];
}
