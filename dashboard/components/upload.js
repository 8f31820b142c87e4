// Sends chosen files to their address as raw bytes, says how far they are, and lets the page run again.

export default function ({ parentElement, data, setTriggerValue }) {
  const box = parentElement.querySelector(".upload");
  const chooser = box.querySelector("input");
  const button = box.querySelector("button");
  const told = box.querySelector("[role=status]");
  button.textContent = data.label;
  chooser.accept = data.accept;
  chooser.multiple = data.most > 1;
  chooser.setAttribute("aria-label", data.label);
  box.classList.toggle("minor", data.minor);
  button.onclick = () => chooser.click();
  const say = (text, amiss = false) => {
    told.textContent = text;
    told.classList.toggle("missed", amiss);
  };
  // The answer's text; where it is refused, that text says why.
  const put = (path, query, body, tell) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("PUT", `${data.address}${path}?lang=${data.language}${query}`);
      request.upload.onprogress = (step) =>
        tell(step.lengthComputable ? Math.round((100 * step.loaded) / step.total) : 0);
      request.onload = () => (request.status === 200 ? resolve : reject)(request.responseText);
      request.onerror = () => reject(data.words.lost);
      request.send(body);
    });
  const one = (file) =>
    put("", `&name=${encodeURIComponent(file.name)}`, file, (part) => {
      say(part < 100 ? `${data.words.sending} ${part} %` : data.words.checking);
    });
  const several = async (files) => {
    const bytes = crypto.getRandomValues(new Uint8Array(8));
    const batch = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    for (const [index, file] of files.entries()) {
      await put(`/${batch}/${index + 1}`, "", file, (part) => {
        say(`${data.words.sending} ${index + 1}/${files.length} ${part} %`);
      });
    }
    say(data.words.joining);
    return put(`/${batch}`, "", JSON.stringify(files.map((file) => file.name)), () => {});
  };
  const send = async (chosen) => {
    const files = data.most > 1 ? [...chosen] : [...chosen].slice(0, 1);
    if (!files.length || button.disabled) return;
    if (files.length < data.fewest || files.length > data.most) return say(data.words.number, true);
    const large = files.find((file) => file.size > data.largest);
    if (large) return say((data.most > 1 ? `${large.name}: ` : "") + data.words.large, true);
    button.disabled = true;
    say(data.words.sending);
    try {
      const answer = await (data.most > 1 ? several(files) : one(files[0]));
      say("");
      setTriggerValue("done", answer);
    } catch (why) {
      say(String(why), true);
    } finally {
      button.disabled = false;
    }
  };
  chooser.onchange = () => {
    send(chooser.files);
    chooser.value = ""; // the same file, mended, can be chosen again
  };
  box.ondragover = (event) => event.preventDefault();
  box.ondrop = (event) => {
    event.preventDefault();
    send(event.dataTransfer.files);
  };
}
