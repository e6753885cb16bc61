import { CheckIcon, CopyIcon } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog.tsx";

export function SecretDialog({ secret, onClose }: { secret: string | null; onClose: () => void }) {
  const [copied, setCopied] = useState<string | null>(null);
  if (secret === null) return null;

  async function copy(text: string): Promise<void> {
    await navigator.clipboard.writeText(text);
    setCopied(text);
  }

  const isCopied = copied === secret;
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>The key</DialogTitle>
          <DialogDescription>
            Copy it to where the program keeps its secrets. It is shown this once; here only its hash is kept.
          </DialogDescription>
        </DialogHeader>
        <code className="break-all rounded-md border bg-muted p-3 font-mono text-sm">{secret}</code>
        <DialogFooter>
          <Button variant="outline" onClick={() => copy(secret)}>
            {isCopied ? <CheckIcon aria-hidden /> : <CopyIcon aria-hidden />}
            {isCopied ? "Copied" : "Copy"}
          </Button>
          <Button onClick={onClose}>I have it</Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
