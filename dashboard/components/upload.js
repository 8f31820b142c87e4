// Sends a chosen file to its address as raw bytes, says how far it is, and lets the page run again.

export default function ({ parentElement, data, setTriggerValue }) {
  const box = parentElement.querySelector(".upload");
  const chooser = box.querySelector("input");
  const button = box.querySelector("button");
  const told = box.querySelector("[role=status]");
  button.textContent = data.label;
  chooser.accept = data.accept;
  chooser.setAttribute("aria-label", data.label);
  box.classList.toggle("minor", data.minor);
  button.onclick = () => chooser.click();
  const send = (file) => {
    if (!file) return;
    if (file.size > data.largest) return void (told.textContent = data.words.large);
    const request = new XMLHttpRequest();
    request.open("PUT", `${data.address}?lang=${data.language}&name=${encodeURIComponent(file.name)}`);
    request.upload.onprogress = (step) => {
      const part = step.lengthComputable ? Math.round((100 * step.loaded) / step.total) : 0;
      told.textContent = part < 100 ? `${data.words.sending} ${part} %` : data.words.checking;
    };
    request.onload = () => {
      button.disabled = false;
      if (request.status === 200) {
        told.textContent = "";
        setTriggerValue("done", request.responseText);
      } else told.textContent = request.responseText;
    };
    request.onerror = () => {
      button.disabled = false;
      told.textContent = data.words.lost;
    };
    button.disabled = true;
    told.textContent = data.words.sending;
    request.send(file);
  };
  chooser.onchange = () => {
    send(chooser.files[0]);
    chooser.value = ""; // the same file, mended, can be chosen again
  };
  box.ondragover = (event) => event.preventDefault();
  box.ondrop = (event) => {
    event.preventDefault();
    send(event.dataTransfer.files[0]);
  };
}
