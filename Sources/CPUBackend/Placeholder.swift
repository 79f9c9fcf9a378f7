import COpenBLAS
import CLAPACKE
func placeholderCore() -> String { String(cString: openblas_get_corename()) }
func lap() -> Int { Int(LAPACK_ROW_MAJOR) }
