// Prints the name of every program, whether it is fused, and the text of its error.
import Martlet

let programs =
  PlantedMistake.networks + PlantedMistake.statistics + PlantedMistake.signals
  + PlantedMistake.tasks
for program in programs {
  let kernels = try program.function(Session(threads: 2)).kernelCount
  print("== \(program.name) in \(kernels) kernel\(kernels == 1 ? "" : "s")")
  print(try program.message())  // <- main
}
