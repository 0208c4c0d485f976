/** What a guardrail can do, as metrics count it; the most first. */
export const GUARDRAIL_ACTIONS = ["blocked", "anonymized", "detected"] as const;

/** What a guardrail can find, as metrics count it: the words of those who look, in lower case. */
export const GUARDRAIL_CATEGORIES = [
  // Amazon Bedrock: its policies
  "topic_policy",
  "content_policy",
  "word_policy",
  "sensitive_information_policy",
  "contextual_grounding_policy",
  "automated_reasoning_policy",
  // OpenAI, Azure OpenAI and those who speak as they do
  "content_filter",
  "refusal",
  "hate",
  "harassment",
  "illicit",
  "self_harm",
  "sexual",
  "violence",
  "jailbreak",
  "indirect_attack",
  "profanity",
  "protected_material_text",
  "protected_material_code",
  "custom_blocklists",
  // Gemini
  "safety",
  "blocklist",
  "prohibited_content",
  "recitation",
  "spii",
  "image_safety",
  "image_prohibited_content",
  "image_recitation",
  "model_armor",
  "hate_speech",
  "sexually_explicit",
  "dangerous_content",
  "civic_integrity",
  // Anthropic: why its models refuse
  "bio",
  "cyber",
  "frontier_llm",
  "general_harms",
  "reasoning_extraction",
  // LangChain's middleware
  "moderation",
  "credit_card",
  "email",
  "ip",
  "mac_address",
  "url",
] as const;
