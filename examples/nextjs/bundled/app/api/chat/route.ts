import { chatModel } from "../../../model";

/** `GET /api/chat?question=…` */
export async function GET(request: Request): Promise<Response> {
  const question = new URL(request.url).searchParams.get("question") ?? "Hello";
  const answer = await chatModel().invoke(question);
  return Response.json({ answer: answer.text });
}
