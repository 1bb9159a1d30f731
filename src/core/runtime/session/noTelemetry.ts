/**
 * onnxruntime would write an id of this machine into the home folder and send what it runs to its makers. It decides
 * when its first session is made, so this is imported before it. ORT_DISABLE_TELEMETRY=0 allows it.
 */
process.env.ORT_DISABLE_TELEMETRY ??= '1';
